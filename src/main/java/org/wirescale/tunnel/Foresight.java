package org.wirescale.tunnel;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What {@link Tunnel#apply} would do, change after change, on the machine as it is. Nothing is done. */
public final class Foresight {
    private final ChangeContext context;
    private final List<Change> foreseen = new ArrayList<>();

    public Foresight(ChangeContext context) {
        this.context = context;
    }

    /** The change as it would be applied behind those before it; empty when there would be nothing to do. */
    public Optional<Change> add(Change change) {
        Optional<Change> applied = change.foresee(context, List.copyOf(foreseen));
        applied.ifPresent(foreseen::add);
        return applied;
    }

    public ChangeContext context() {
        return context;
    }

    /** The tunnel as it would stand by now. */
    public TunnelState state(TunnelHeader header) {
        TunnelState state = TunnelState.begin(BootId.current(), header);
        for (Change change : foreseen) {
            state = state.intending(change).done(change);
        }
        return state;
    }
}
