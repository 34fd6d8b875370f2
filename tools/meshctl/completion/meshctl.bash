_meshctl() {
  local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD-1]}
  local first= second= word words i
  case $previous in
    --token-file|--ca-file)
      COMPREPLY=($(compgen -f -- "$current"))
      return ;;
  esac
  for ((i = 1; i < COMP_CWORD; i++)); do
    word=${COMP_WORDS[i]}
    case $word in
      --address|--token-file|--ca-file|--timeout|--to|--count|--if-match|--limit|--after|--add|--interval|--sort|--size|--duration|--peers|--connections) ((i++)) ;;
      -*) ;;
      *)
        if [ -z "$first" ]; then first=$word
        elif [ -z "$second" ]; then second=$word; fi ;;
    esac
  done
  case $first in
    kv|set) first=$first${second:+ $second} ;;
  esac
  case $first in
    '') words='status peers connections targets connect forget channels join leave send listen events kv counter set actors ping reachability top bench wait doctor completion manual' ;;
    'actors') words='--limit --after' ;;
    'bench') words='--size --duration' ;;
    'channels') words='' ;;
    'completion') words='' ;;
    'connect') words='' ;;
    'connections') words='' ;;
    'counter') words='--add --watch --count' ;;
    'doctor') words='' ;;
    'events') words='--count' ;;
    'forget') words='' ;;
    'join') words='' ;;
    'kv') words='get put delete list watch' ;;
    'kv delete') words='--if-match' ;;
    'kv get') words='--etag' ;;
    'kv list') words='--limit --after' ;;
    'kv put') words='--if-match --if-none-match' ;;
    'kv watch') words='--count' ;;
    'leave') words='' ;;
    'listen') words='--raw --count' ;;
    'manual') words='' ;;
    'peers') words='' ;;
    'ping') words='' ;;
    'reachability') words='' ;;
    'send') words='--to' ;;
    'set') words='list add remove watch' ;;
    'set add') words='' ;;
    'set list') words='' ;;
    'set remove') words='' ;;
    'set watch') words='--count' ;;
    'status') words='' ;;
    'targets') words='' ;;
    'top') words='--interval --count --sort' ;;
    'wait') words='--peers --connections --ready' ;;
  esac
  COMPREPLY=($(compgen -W "$words --help --address --token-file --ca-file --json --timeout" -- "$current"))
}
complete -F _meshctl meshctl
