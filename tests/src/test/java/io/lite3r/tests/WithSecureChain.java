package io.lite3r.tests;

import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * Gives a test the one shared {@link Locked}: the {@link SecureChain}, and the issuer whose tokens
 * open it; JUnit closes both when all tests have run.
 */
final class WithSecureChain implements ParameterResolver {
  /** The chain and its tokens. */
  record Locked(TokenIssuer issuer, SecureChain chain) implements AutoCloseable {
    static Locked start() {
      TokenIssuer issuer = new TokenIssuer();
      return new Locked(issuer, new SecureChain(issuer.uri()));
    }

    @Override
    public void close() {
      chain.close();
      issuer.close();
    }
  }

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    return parameter.getParameter().getType() == Locked.class;
  }

  @Override
  public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
    return context
        .getRoot()
        .getStore(Namespace.create(WithSecureChain.class))
        .computeIfAbsent(Locked.class, key -> Locked.start(), Locked.class);
  }
}
