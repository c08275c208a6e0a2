package io.lite3r.fusion.refine;

import io.lite3r.geometry.Rigid3;

/**
 * How a view hangs together with others. Cameras of a rig that saw one instant from known places
 * move as one body; any other view is a body of its own.
 *
 * @param lens index of the camera that took it: views of one camera share a focal length
 * @param body index of its body; a body's axes are those of its first view
 * @param bodyFromCamera where the camera sits on the body, metres
 */
record Mount(int lens, int body, Rigid3 bodyFromCamera) {}
