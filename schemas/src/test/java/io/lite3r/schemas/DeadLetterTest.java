package io.lite3r.schemas;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class DeadLetterTest {
  @Test
  void headersCarryEverythingBack() {
    DeadLetter letter =
        new DeadLetter(
            "reconstruction",
            "undecodable",
            "the value is not a Window; it was left untouched",
            DeadLetter.origin("windows", 3, 41),
            "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");

    assertThat(DeadLetter.of(letter.headers())).isEqualTo(letter);
    assertThat(letter.origin()).isEqualTo("windows-3@41");
  }

  @Test
  void aLetterWithoutTraceHasNoTraceHeader() {
    DeadLetter letter = new DeadLetter("capture", "truncated", "", "http", null);

    assertThat(letter.headers().lastHeader(DeadLetter.TRACEPARENT)).isNull();
    assertThat(DeadLetter.of(letter.headers())).isEqualTo(letter);
  }
}
