package org.wirescale.daemon;

import java.util.Optional;

/**
 * What this machine wants of a peer, in the steps that {@link Initiation} calls.
 *
 * @param <T> what it comes to
 */
interface Errand<T> {
    /** What it is called in the lines of its session: {@code upgrade request}. */
    String what();

    /** What another session did meanwhile makes this one needless. */
    Optional<T> fulfilled();

    /**
     * Once it is this machine's turn, before the peer is connected to.
     *
     * @throws org.wirescale.model.WirescaleException when it makes no sense to go on
     */
    default void prepare() throws InterruptedException {}

    /** Once it is the session's turn at the peer too. */
    T agree(Dialogue dialogue) throws InterruptedException;
}
