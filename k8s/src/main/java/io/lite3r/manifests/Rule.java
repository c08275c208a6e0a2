package io.lite3r.manifests;

import java.util.List;

/** Something that has to be true of every overlay. */
public interface Rule {
  /** Sentences, each of which names the object and what is wrong with it; none when all is well. */
  List<String> faults(Overlay overlay);

  /** What holds when there is no fault, for people to read. */
  String proves();
}
