package dev.rivulet.internal.format.torch;

import dev.rivulet.checkpoint.MalformedTorchFileException;
import dev.rivulet.checkpoint.TorchRule;
import java.util.ArrayList;
import java.util.List;

/** The stack of the pickle machine. Only opcodes that take a mark can reach the nodes below it. */
final class PickleStack {
    private final PickleInput pickle;
    private final int maxDepth;
    private final int maxMarks;
    private final List<PickleNode> nodes = new ArrayList<>();
    private final List<Integer> marks = new ArrayList<>();

    PickleStack(PickleInput pickle, int maxDepth, int maxMarks) {
        this.pickle = pickle;
        this.maxDepth = maxDepth;
        this.maxMarks = maxMarks;
    }

    boolean isEmpty() {
        return nodes.isEmpty() && marks.isEmpty();
    }

    void push(PickleNode node) throws MalformedTorchFileException {
        if (nodes.size() == maxDepth) {
            throw pickle.violation(TorchRule.STACK_DEPTH, "the stack has more objects");
        }
        nodes.add(node);
    }

    void mark() throws MalformedTorchFileException {
        if (marks.size() == maxMarks) {
            throw pickle.violation(TorchRule.STACK_DEPTH, "the stack has more marks");
        }
        marks.add(nodes.size());
    }

    PickleNode top() throws MalformedTorchFileException {
        need(1);
        return nodes.get(nodes.size() - 1);
    }

    PickleNode pop() throws MalformedTorchFileException {
        need(1);
        return nodes.remove(nodes.size() - 1);
    }

    /** Pops the topmost node, or the topmost mark if no node lies above it. */
    void popAny() throws MalformedTorchFileException {
        if (!marks.isEmpty() && marks.get(marks.size() - 1) == nodes.size()) {
            marks.remove(marks.size() - 1);
        } else {
            pop();
        }
    }

    List<PickleNode> pop(int count) throws MalformedTorchFileException {
        need(count);
        return take(nodes.size() - count);
    }

    /** Pops all nodes above the last mark, and the mark. */
    List<PickleNode> popToMark() throws MalformedTorchFileException {
        if (marks.isEmpty()) {
            throw pickle.violation(TorchRule.STACK, "the stack has no mark");
        }
        return take(marks.remove(marks.size() - 1));
    }

    private List<PickleNode> take(int from) {
        List<PickleNode> above = nodes.subList(from, nodes.size());
        List<PickleNode> taken = new ArrayList<>(above);
        above.clear();
        return taken;
    }

    private void need(int count) throws MalformedTorchFileException {
        int floor = marks.isEmpty() ? 0 : marks.get(marks.size() - 1);
        if (nodes.size() - floor < count) {
            throw pickle.violation(
                    TorchRule.STACK, "the stack has " + (nodes.size() - floor) + " objects above the last mark");
        }
    }
}
