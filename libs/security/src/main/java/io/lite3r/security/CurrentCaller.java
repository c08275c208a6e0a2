package io.lite3r.security;

import jakarta.enterprise.context.RequestScoped;

/** Who asks in this request, as {@link AccessFilter} found out. */
@RequestScoped
public class CurrentCaller {
  private Caller caller = Caller.UNNAMED;

  /** The caller; {@link Caller#UNNAMED} where no tokens are wanted. */
  public Caller get() {
    return caller;
  }

  void is(Caller found) {
    this.caller = found;
  }
}
