"""A headless browser and a mock service for the tests of the page."""
import json
import os
import shutil
import subprocess
import sys
import time
import urllib.request

HERE = os.path.dirname(os.path.realpath(__file__))
sys.path.insert(0, os.path.dirname(HERE))  # for modules of the tests of the service
TREE = os.path.dirname(os.path.dirname(os.path.dirname(HERE)))
PAGE = os.path.join(TREE, "tools/meshd/page")
DIST = os.path.join(PAGE, "dist")


def missing():
    """Returns what the tests need and this machine lacks, or None if the machine has everything."""
    for program in ("node", "chromium", "chromedriver"):
        if not shutil.which(program):
            return f"{program} is not installed"
    try:
        import selenium  # noqa: F401
    except ImportError:
        return "python3-selenium is not installed"
    return None


class Mock:
    """A mock_server.mjs process."""

    def __init__(self, *options):
        command = ["node", os.path.join(HERE, "mock_server.mjs"), "--root", DIST, *options]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.port = json.loads(self.process.stdout.readline())["port"]
        self.url = f"http://127.0.0.1:{self.port}/"

    def act(self, action, **values):
        request = urllib.request.Request(f"{self.url}mock/{action}", json.dumps(values).encode(), method="POST")
        with urllib.request.urlopen(request, timeout=10) as answer:
            return json.load(answer)

    def get(self, path):
        with urllib.request.urlopen(self.url + path, timeout=10) as answer:
            return json.load(answer)

    def requests(self, method=None, part=""):
        return [x for x in self.act("requests")["requests"] if part in x["path"] and method in (None, x["method"])]

    def stop(self):
        self.process.stdin.close()
        self.process.wait(timeout=10)
        self.process.stdout.close()


class Browser:
    """Chromium with a window of this size. `features` are the values of CSS media features."""

    def __init__(self, width=1600, height=900, **features):
        from selenium import webdriver
        from selenium.webdriver.chrome.service import Service
        options = webdriver.ChromeOptions()
        options.binary_location = shutil.which("chromium")
        for x in ("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--hide-scrollbars=false",
                  "--no-first-run", "--disable-background-networking", f"--window-size={width},{height}"):
            options.add_argument(x)
        options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
        self.driver = webdriver.Chrome(options=options, service=Service(shutil.which("chromedriver")))
        self.driver.set_script_timeout(60)
        self.resize(width, height)
        self.prefer(**features)

    def resize(self, width, height):
        self.cdp("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False)

    def prefer(self, **features):
        names = {"scheme": "prefers-color-scheme", "motion": "prefers-reduced-motion"}
        self.cdp("Emulation.setEmulatedMedia", features=[{"name": names[k], "value": v} for k, v in features.items()])

    def cdp(self, command, **parameters):
        return self.driver.execute_cdp_cmd(command, parameters)

    def open(self, url):
        self.driver.get(url)

    def js(self, script, *arguments):
        return self.driver.execute_script(script, *arguments)

    def later(self, script, *arguments):
        """Runs a script that calls its last argument when it is done."""
        return self.driver.execute_async_script(script, *arguments)

    def find(self, selector):
        from selenium.webdriver.common.by import By
        return self.driver.find_element(By.CSS_SELECTOR, selector)

    def find_all(self, selector):
        from selenium.webdriver.common.by import By
        return self.driver.find_elements(By.CSS_SELECTOR, selector)

    def text(self, selector):
        return self.js("return document.querySelector(arguments[0])?.textContent ?? ''", selector)

    def type(self, selector, text):
        field = self.find(selector)
        field.clear()
        field.send_keys(text)

    def click(self, selector):
        self.find(selector).click()

    def wait(self, condition, what, seconds=20):
        """Waits until a condition (a function, or an expression in JavaScript) is true, and returns its value."""
        end = time.monotonic() + seconds
        while True:
            value = condition() if callable(condition) else self.js(f"return {condition}")
            if value:
                return value
            if time.monotonic() > end:
                raise AssertionError(f"waited {seconds} s until {what}")
            time.sleep(0.05)

    def settled(self):
        self.wait("document.querySelector('#picture').dataset.state === 'resting'", "the picture is at rest", 60)

    def complaints(self):
        """The errors and warnings on the console since the last call. They include violations of the CSP."""
        return [x["message"] for x in self.driver.get_log("browser") if x["level"] in ("SEVERE", "WARNING")]

    def addresses(self):
        """All addresses that the page has requested since the last call."""
        events = (json.loads(x["message"])["message"] for x in self.driver.get_log("performance"))
        return [x["params"]["request"]["url"] for x in events if x["method"] == "Network.requestWillBeSent"]

    def picture(self, path):
        os.makedirs(os.path.dirname(path), exist_ok=True)
        self.driver.save_screenshot(path)

    def stop(self):
        self.driver.quit()
