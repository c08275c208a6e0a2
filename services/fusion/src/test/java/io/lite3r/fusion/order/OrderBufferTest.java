package io.lite3r.fusion.order;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class OrderBufferTest {
  @Test
  void whateverTheArrivalTheNumbersComeOutInOrderAndOnce() {
    List<Integer> arrival = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      arrival.add(i);
      arrival.add(i); // every record comes twice
    }
    for (int seed = 0; seed < 20; seed++) {
      Collections.shuffle(arrival, new Random(seed));
      OrderBuffer<Integer> buffer = new OrderBuffer<>(0);
      List<Integer> out = new ArrayList<>();
      int past = 0;
      for (int number : arrival) {
        if (buffer.put(number, number) == OrderBuffer.Place.PAST) {
          past++;
        }
        for (List<Integer> next = buffer.take(); !next.isEmpty(); next = buffer.take()) {
          assertThat(next).allMatch(next.getFirst()::equals);
          out.add(next.getFirst());
          past += next.size() - 1;
        }
      }
      assertThat(out).hasSize(50).isSorted();
      assertThat(past).isEqualTo(50);
      assertThat(buffer.size()).isZero();
    }
  }

  @Test
  void aGapHoldsBackWhatFollows() {
    OrderBuffer<String> buffer = new OrderBuffer<>(7);
    assertThat(buffer.put(6, "old")).isEqualTo(OrderBuffer.Place.PAST);
    assertThat(buffer.put(8, "b")).isEqualTo(OrderBuffer.Place.WAITING);
    assertThat(buffer.take()).isEmpty();
    buffer.put(7, "a");
    assertThat(buffer.take()).containsExactly("a");
    assertThat(buffer.take()).containsExactly("b");
    assertThat(buffer.next()).isEqualTo(9);
  }
}
