package org.wirescale.daemon;

import org.wirescale.protocol.LocalReply;

/** Where the answers to one local request go. Sending never blocks and never fails: a client that is gone or does not read loses them. */
public interface ReplySink {
    void send(LocalReply reply);

    /** Whether nobody reads the answers any more. */
    boolean isGone();

    /**
     * Runs an action once, as soon as the client goes away before its last answer; at once when it has gone already. It runs on a thread
     * of the server and must be short.
     */
    void onGone(Runnable action);
}
