package dev.rivulet.benchmarks;

import dev.rivulet.registry.CallbackRegistry;
import dev.rivulet.transform.StateDict;
import dev.rivulet.transform.TransformContext;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** Calls a transform through the generated registry, a hand-written one, and directly. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(3)
@SuppressWarnings("NullAway") // The transforms return their argument; a real state dict would need libtorch.
public class DispatchBenchmark {
    private CallbackRegistry<Object> generated = new DispatchModuleCallbackRegistry();
    private CallbackRegistry<DispatchModule> handWritten = new HandWrittenRegistry();
    private DispatchModule module = new DispatchModule();
    private String stream = "third";
    private StateDict weights = null;
    private TransformContext context = null;

    /** The call that the runtime makes. */
    @Benchmark
    public Object generated() throws Throwable {
        return generated.transform(stream, module, weights, context);
    }

    /** The same call of a registry written without the processor. */
    @Benchmark
    public Object handWritten() throws Throwable {
        return handWritten.transform(stream, module, weights, context);
    }

    /** The lower bound: a direct call, resolved at compile time. */
    @Benchmark
    public Object direct() {
        return DispatchModule.third(weights);
    }
}
