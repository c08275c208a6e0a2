/**
 * Everything of reconstruction that talks: channels, object store, the ONNX session, protobuf,
 * configuration, spans.
 */
@NullMarked
package io.lite3r.reconstruction.edge;

import org.jspecify.annotations.NullMarked;
