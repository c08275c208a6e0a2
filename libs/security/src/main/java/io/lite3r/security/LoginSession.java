package io.lite3r.security;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What the issuer gave for a login.
 *
 * @param accessToken checked, for our audience
 * @param refreshToken gets the next one; null when the issuer gives none
 * @param left how long the access token holds
 */
public record LoginSession(String accessToken, @Nullable String refreshToken, Duration left) {}
