"""Says what is wrong with an image for GPUs: where its libraries are, who is told, what it stands on. usage: look.py OWN NAMED   (OCI archives)"""

import json
import sys
import tarfile

LIBRARY = "opt/gpu/libonnxruntime_providers_cuda.so"
OF_THE_BASE, OF_OURS = "usr/lib/of-the-base.so", "libc.so.6"


def read(path):
    with tarfile.open(path) as archive:
        blob = lambda digest: archive.extractfile("blobs/" + digest.replace(":", "/"))
        manifest = json.load(blob(json.load(archive.extractfile("index.json"))["manifests"][0]["digest"]))
        names = []
        for layer in manifest["layers"]:
            with tarfile.open(fileobj=blob(layer["digest"])) as files:
                names += files.getnames()
        return json.load(blob(manifest["config"]["digest"]))["config"], names


def faults(path, named):
    config, names = read(path)
    variables = dict(variable.split("=", 1) for variable in config["Env"])
    if LIBRARY not in names:
        yield f"has no {LIBRARY}"
    if variables.get("LD_LIBRARY_PATH") != "/opt/gpu":
        yield "does not tell the loader of /opt/gpu"
    if "-Donnxruntime.native.path=/opt/gpu" not in config["Entrypoint"]:
        yield "does not tell ONNX Runtime of /opt/gpu"
    if "compute" not in variables.get("NVIDIA_DRIVER_CAPABILITIES", ""):
        yield "asks for no driver"
    ours = any(name.rsplit("/", 1)[-1] == OF_OURS for name in names)
    if named and (OF_THE_BASE not in names or variables.get("OF_THE_BASE") != "yes" or ours):
        yield "does not stand on the base that was named"
    if not named and not ours:
        yield "has no system libraries"


own, named = sys.argv[1:]
found = [f"{path} {fault}" for path, is_named in ((own, False), (named, True)) for fault in faults(path, is_named)]
print("\n".join(found))
sys.exit(1 if found else 0)
