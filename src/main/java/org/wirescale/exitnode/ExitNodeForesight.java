package org.wirescale.exitnode;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.wirescale.model.InterfaceName;
import org.wirescale.model.WirescaleException;
import org.wirescale.os.Folders;
import org.wirescale.tunnel.Change;
import org.wirescale.tunnel.ChangeContext;
import org.wirescale.tunnel.Detail;
import org.wirescale.tunnel.Phase;
import org.wirescale.tunnel.Progress;
import org.wirescale.tunnel.TunnelState;

/** What {@link ExitNode} would do for a tunnel that is only planned, one step after the other. Nothing is done. */
public final class ExitNodeForesight {
    /**
     * @param line as the journal has it when it is done: {@code exit node bob: policy rules 5500 to 6000}
     */
    public record Step(String line, List<Detail> details) {
        private static Step done(InterfaceName node, Change change, List<Detail> details) {
            return new Step("exit node " + node + ": " + change.describe(), details);
        }

        private static Step undone(InterfaceName node, Change change) {
            return new Step("exit node " + node + ": undone: " + change.describe(), List.of());
        }
    }

    private final Folders folders;
    /** As it would be by now. */
    private Optional<ExitNodeState> state;

    public ExitNodeForesight(Folders folders) {
        this.folders = folders;
        this.state = ExitNode.load(folders).map(ExitNode::state);
    }

    /** What {@link ExitNode#sync} would do with this tunnel beside the others. */
    public List<Step> sync(TunnelState tunnel) {
        return state.filter(on -> on.phase() == Phase.UP)
                .map(on -> converge(on, tunnel))
                .orElse(List.of());
    }

    /**
     * What {@link ExitNode#enable} would do for a tunnel whose file asks for it.
     *
     * @param tunnel that is up by then
     * @throws WirescaleException with an {@link ExitNodeReason} when it would fail
     */
    public List<Step> enableByFile(TunnelState tunnel) {
        ExitNodeOptions options = ExitNodeOptions.byFile(state.map(ExitNodeState::options));
        return converge(ExitNode.begin(state, tunnel, options), tunnel);
    }

    private List<Step> converge(ExitNodeState towards, TunnelState tunnel) {
        ChangeContext context = new ChangeContext(folders, towards.name(), towards.publicKey(), towards.ifindex());
        List<Change> wanted = ExitNodePlan.of(
                towards,
                Stream.concat(ExitNodePlan.living(folders).stream(), Stream.of(tunnel))
                        .toList());
        List<TunnelState.Entry> entries = new ArrayList<>(towards.entries());
        List<Step> steps = new ArrayList<>();
        for (Change change : ExitNodePlan.due(towards.entries(), wanted)) {
            Optional<Change> old = ExitNodePlan.find(entries, change);
            (old.isPresent() ? old.map(_ -> change) : change.foresee(context, List.of())).ifPresent(next -> {
                old.ifPresent(replaced -> entries.remove(new TunnelState.Entry(Progress.DONE, replaced)));
                entries.add(new TunnelState.Entry(Progress.DONE, next));
                steps.add(Step.done(towards.name(), next, next.details(context)));
            });
        }
        for (TunnelState.Entry entry : ExitNodePlan.excess(entries, wanted)) {
            entries.remove(entry);
            steps.add(Step.undone(towards.name(), entry.change()));
        }
        state = Optional.of(towards.withEntries(entries).withPhase(Phase.UP));
        return List.copyOf(steps);
    }
}
