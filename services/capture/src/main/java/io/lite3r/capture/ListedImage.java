package io.lite3r.capture;

import io.lite3r.geometry.Rigid3;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * One image of a folder as its listing describes it, before it has a place in a stream. The file
 * need not exist: it is then refused by name when its turn comes.
 *
 * @param source name of the file in the folder
 * @param timeNs capture time, null when the listing has none
 * @param rigFromCamera place of the camera in its rig, metres
 * @param scenePrior pose prior: sceneFromCamera
 */
public record ListedImage(
    String source,
    Path file,
    String camera,
    @Nullable Long timeNs,
    @Nullable Calibration calibration,
    @Nullable Rigid3 rigFromCamera,
    @Nullable Rigid3 scenePrior,
    @Nullable Position position) {}
