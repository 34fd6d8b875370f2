"""The fields that files for Kubernetes and Compose may have. Others are taken for misspelt ones: both programs ignore or
refuse them. Only the fields that such files usually need are listed; add what is missing."""
# A tuple has the fields of an object, each with what it contains; a list has what its elements contain. ANY_NAMES are
# keys that the author chooses. None stands for anything.
ANY_NAMES = "*"


def fields(names="", **more):
    return {**dict.fromkeys(names.split()), **more}


METADATA = fields("name namespace annotations", labels={ANY_NAMES: None})
SELECTOR = fields(matchLabels={ANY_NAMES: None})
RESOURCES = fields(requests=fields("cpu memory storage"), limits=fields("cpu memory"))
CAPABILITIES = fields("add drop")
SECCOMP = fields("type localhostProfile")
POD_SECURITY = fields("runAsNonRoot runAsUser runAsGroup fsGroup fsGroupChangePolicy supplementalGroups sysctls",
                      seccompProfile=SECCOMP)
SECURITY = fields("runAsNonRoot runAsUser runAsGroup allowPrivilegeEscalation readOnlyRootFilesystem privileged",
                  capabilities=CAPABILITIES, seccompProfile=SECCOMP)
HTTP_GET = fields("path port host scheme", httpHeaders=[fields("name value")])
PROBE = fields("initialDelaySeconds periodSeconds timeoutSeconds failureThreshold successThreshold",
               exec=fields("command"), httpGet=HTTP_GET, tcpSocket=fields("port host"))
VALUE_FROM = fields(fieldRef=fields("fieldPath apiVersion"), secretKeyRef=fields("name key optional"),
                    configMapKeyRef=fields("name key optional"))
CONTAINER = fields("name image imagePullPolicy restartPolicy command args workingDir",
                   env=[fields("name value", valueFrom=VALUE_FROM)],
                   ports=[fields("name containerPort protocol hostPort")], startupProbe=PROBE, livenessProbe=PROBE,
                   readinessProbe=PROBE, lifecycle=fields("preStop postStart"), resources=RESOURCES, securityContext=SECURITY,
                   volumeMounts=[fields("name mountPath readOnly subPath")])
ITEMS = [fields("key path mode")]
VOLUME = fields("name", emptyDir=fields("medium sizeLimit"), secret=fields("secretName defaultMode optional", items=ITEMS),
                configMap=fields("name defaultMode optional", items=ITEMS),
                persistentVolumeClaim=fields("claimName readOnly"))
POD = fields("automountServiceAccountToken serviceAccountName terminationGracePeriodSeconds restartPolicy nodeSelector "
             "affinity tolerations topologySpreadConstraints imagePullSecrets priorityClassName hostNetwork dnsPolicy",
             securityContext=POD_SECURITY, initContainers=[CONTAINER], containers=[CONTAINER], volumes=[VOLUME])
TEMPLATE = fields(metadata=METADATA, spec=POD)
CLAIM = fields("apiVersion kind", metadata=METADATA,
               spec=fields("accessModes storageClassName volumeMode", resources=RESOURCES))
WORKLOAD = fields("replicas minReadySeconds revisionHistoryLimit", selector=SELECTOR, template=TEMPLATE)
STRATEGY = fields("type", rollingUpdate=fields("maxSurge maxUnavailable partition"))
SPECS = {
    "Service": fields("clusterIP type publishNotReadyAddresses sessionAffinity", selector={ANY_NAMES: None},
                      ports=[fields("name port targetPort protocol nodePort appProtocol")]),
    "StatefulSet": {**WORKLOAD, **fields("serviceName podManagementPolicy", updateStrategy=STRATEGY,
                                         volumeClaimTemplates=[CLAIM])},
    "Deployment": {**WORKLOAD, **fields("paused progressDeadlineSeconds", strategy=STRATEGY)},
}

HEALTH = fields("test interval timeout retries start_period disable")
COMPOSE_SERVICE = fields("image restart stop_grace_period stop_signal read_only cap_drop cap_add security_opt user command "
                         "entrypoint environment ports expose volumes secrets networks depends_on tmpfs init hostname "
                         "mem_limit cpus", build=fields("context dockerfile args target"), healthcheck=HEALTH)
COMPOSE = fields("name networks", services={ANY_NAMES: COMPOSE_SERVICE}, volumes={ANY_NAMES: fields("driver name external")},
                 secrets={ANY_NAMES: fields("file environment external name")})


def unknown_fields(value, known, place=""):
    """Yields the place of each field that is not known."""
    if known is None or value is None:
        return
    if isinstance(known, list):
        for i, each in enumerate(value if isinstance(value, list) else []):
            yield from unknown_fields(each, known[0], f"{place}[{i}]")
        return
    if not isinstance(value, dict):
        yield f"{place} has no fields"
        return
    for key, inner in value.items():
        if ANY_NAMES not in known and key not in known:
            yield f"{place}.{key}"
        else:
            yield from unknown_fields(inner, known.get(key, known.get(ANY_NAMES)), f"{place}.{key}")


def misspelt(value, known):
    """Yields copies of a value, in each of which one field is misspelt."""
    if isinstance(known, list):
        for i, each in enumerate(value):
            for other in misspelt(each, known[0]):
                yield value[:i] + [other] + value[i + 1:]
    elif known is not None and isinstance(value, dict):
        for key, inner in value.items():
            if ANY_NAMES not in known:
                yield {f"{key}x": inner, **{k: v for k, v in value.items() if k != key}}
            for other in misspelt(inner, known.get(key, known.get(ANY_NAMES))):
                yield {**value, key: other}


def own_fields(document):
    """A document without the extensions of Compose, which may have any name and content."""
    return {k: v for k, v in document.items() if not str(k).startswith("x-")}


def fields_of(document):
    """The fields that a document may have."""
    if "services" in document:
        return COMPOSE
    return fields("apiVersion kind", metadata=METADATA, spec=SPECS.get(document.get("kind"), {}))


def check_fields(document):
    """Yields which fields of a document are unknown, and which it could misspell unnoticed."""
    document = own_fields(document)
    known = fields_of(document)
    for place in unknown_fields(document, known):
        yield f"the field {place[1:]} is not known"
    for other in misspelt(document, known):
        if not list(unknown_fields(other, known)):
            yield "a misspelt field would not be noticed"
