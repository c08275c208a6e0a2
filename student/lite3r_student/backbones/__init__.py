"""The published backbones, VGGT-1B and Depth-Anything-3 (Small, Base, Large), in our own code under their official parameter names.

    model = checkpoints.load("model.safetensors", "da3-base")      strict: every name that is missing or unexpected is told
    out = model(images)                                           images (B, S, 3, H, W) RGB in [0, 1], H and W multiples of 14

Both answer with the same words, in the conventions of this repository:

    depth (B, S, H, W)    z-depth, unit of the window            conf (B, S, H, W)   >= 1, larger is surer
    w2c   (B, S, 3, 4)    cameraFromReference, OpenCV axes       focal (B, S, 2)     fx / W, fy / H; principal point at the centre

`vit.py` and `dpt.py` hold what the two share, `pose.py` their camera encoding, `da3.py` and `vggt.py` the networks.
"""
