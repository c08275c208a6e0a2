"""Says what is wrong with an image: its user, port, labels, command and variables, and what lies in its layers.

usage: look.py VERSION ARCHIVE...   (OCI archives)
"""

import json
import sys
import tarfile

USER = "10001:10001"
PORT = "8080/tcp"
LABELS = ["title", "description", "version", "revision", "licenses", "vendor"]
VARIABLES = {"LITE3R_MODEL_DIR", "ORT_DISABLE_TELEMETRY"}  # everything else is the deployment's to say
GPU_VARIABLES = {"LD_LIBRARY_PATH", "NVIDIA_DRIVER_CAPABILITIES", "OF_THE_BASE"}  # the last is a base's own, in ../images-gpu
SHELLS = ("sh", "bash", "dash", "busybox", "ash", "zsh", "apt", "apk", "dpkg", "curl", "wget")
SET_ID = 0o6000


def faults(path, version):
    with tarfile.open(path) as archive:
        blob = lambda digest: archive.extractfile("blobs/" + digest.replace(":", "/"))
        manifest = json.load(blob(json.load(archive.extractfile("index.json"))["manifests"][0]["digest"]))
        image = json.load(blob(manifest["config"]["digest"]))
        config = image["config"]
        if config.get("User") != USER:
            yield f"runs as {config.get('User')}, not {USER}"
        if list(config.get("ExposedPorts", {})) != [PORT]:
            yield f"its port is {list(config.get('ExposedPorts', {}))}, not {PORT}"
        if config["Entrypoint"][0] != "/opt/java/bin/java":
            yield f"starts {config['Entrypoint'][0]}, not Java itself"
        labels = config.get("Labels", {})
        for label in LABELS:
            if not labels.get("org.opencontainers.image." + label):
                yield f"has no label org.opencontainers.image.{label}"
        if labels.get("org.opencontainers.image.version") != version:
            yield f"says it is version {labels.get('org.opencontainers.image.version')}, not {version}"
        unknown = {variable.split("=")[0] for variable in config.get("Env") or []} - VARIABLES - (GPU_VARIABLES if path.endswith("-gpu.tar") else set())
        if unknown:
            yield f"brings the variables {sorted(unknown)}"
        names = set()
        for layer in manifest["layers"]:
            with tarfile.open(fileobj=blob(layer["digest"])) as files:
                for file in files:
                    names.add(file.name)
                    if file.name.rsplit("/", 1)[-1] in SHELLS and file.isfile():
                        yield f"has a shell or a way to fetch things: {file.name}"
                    if file.mode & SET_ID:
                        yield f"has a set-uid file: {file.name}"
                    if file.uid or file.gid:
                        yield f"has a file that its user may change: {file.name}"
        if "app/quarkus-run.jar" not in names:
            yield "has no application"


version, *archives = sys.argv[1:]
found = [f"{path.rsplit('/', 1)[-1]} {fault}" for path in archives for fault in faults(path, version)]
print("\n".join(found))
sys.exit(1 if found else 0)
