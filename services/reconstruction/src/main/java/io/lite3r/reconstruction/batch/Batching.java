package io.lite3r.reconstruction.batch;

import io.lite3r.reconstruction.OutOfMemory;
import io.lite3r.reconstruction.Reconstructor;
import io.lite3r.reconstruction.model.Bucket;
import io.lite3r.reconstruction.prediction.Prediction;
import io.lite3r.reconstruction.window.WindowTensor;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * One network for many callers. Whoever gets the turn runs its own window together with those that
 * wait and have its shape (bucket and exact number of views), whatever their scenes; the others
 * find their answer when the turn is theirs. So a batch is what gathered while the one before it
 * ran: nobody waits for a batch to fill.
 *
 * <p>A batch that fails, or finds no memory, is split until whoever is the cause is alone with it.
 */
public final class Batching implements Reconstructor {
  private final BatchReconstructor network;
  private final int most;
  private final ReentrantLock turn = new ReentrantLock(true);
  private final List<Call> waiting = new ArrayList<>();

  /**
   * @param most windows of a batch; 1 for a model without a batch dimension
   */
  public Batching(BatchReconstructor network, int most) {
    this.network = network;
    this.most = most;
  }

  @Override
  public Prediction run(WindowTensor window) throws InferenceFailed, OutOfMemory {
    Call mine = new Call(window);
    synchronized (waiting) {
      waiting.add(mine);
    }
    turn.lock();
    try {
      if (!mine.isAnswered()) {
        run(batchOf(mine));
      }
    } finally {
      turn.unlock();
    }
    return mine.answer();
  }

  /** How many callers stand before the network. */
  int waiting() {
    synchronized (waiting) {
      return waiting.size();
    }
  }

  private List<Call> batchOf(Call first) {
    List<Call> batch = new ArrayList<>();
    batch.add(first);
    synchronized (waiting) {
      waiting.remove(first);
      Iterator<Call> others = waiting.iterator();
      while (batch.size() < most && others.hasNext()) {
        Call other = others.next();
        if (other.shape().equals(first.shape())) {
          batch.add(other);
          others.remove();
        }
      }
    }
    return batch;
  }

  private void run(List<Call> batch) {
    try {
      List<Prediction> predictions = network.run(batch.stream().map(Call::window).toList());
      for (int i = 0; i < batch.size(); i++) {
        batch.get(i).prediction = predictions.get(i);
      }
    } catch (InferenceFailed | OutOfMemory e) {
      if (batch.size() == 1) {
        batch.getFirst().failure = e;
      } else {
        run(batch.subList(0, batch.size() / 2));
        run(batch.subList(batch.size() / 2, batch.size()));
      }
    } catch (RuntimeException e) {
      batch.forEach(call -> call.failure = e);
    }
  }

  /** Windows with equal ones may be stacked into one tensor. */
  private record Shape(Bucket bucket, int views) {}

  /** One caller's window and, once its batch has run, its answer; guarded by the turn. */
  private static final class Call {
    private final WindowTensor window;
    private @Nullable Prediction prediction;
    private @Nullable Exception failure;

    Call(WindowTensor window) {
      this.window = window;
    }

    WindowTensor window() {
      return window;
    }

    Shape shape() {
      return new Shape(window.bucket(), window.views());
    }

    boolean isAnswered() {
      return prediction != null || failure != null;
    }

    Prediction answer() throws InferenceFailed, OutOfMemory {
      if (prediction != null) {
        return prediction;
      }
      switch (failure) {
        case InferenceFailed failed -> throw failed;
        case OutOfMemory tooMuch -> throw tooMuch;
        case RuntimeException bug -> throw bug;
        case null, default -> throw new IllegalStateException("a batch ended without an answer");
      }
    }
  }
}
