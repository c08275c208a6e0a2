package io.lite3r.schemas.scene;

/**
 * An object of the store as a manifest names it.
 *
 * @param key key in the bucket that holds the manifest itself
 * @param sizeBytes length
 * @param sha256 SHA-256 of the bytes, lower-case hex
 * @param mediaType such as {@code model/gltf-binary}
 */
public record ObjectRef(String key, long sizeBytes, String sha256, String mediaType) {}
