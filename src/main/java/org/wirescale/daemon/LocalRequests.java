package org.wirescale.daemon;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.wirescale.model.InterfaceName;
import org.wirescale.model.SessionToken;
import org.wirescale.model.WirescaleException;
import org.wirescale.protocol.LocalReply;
import org.wirescale.protocol.LocalRequest;

/** Serves what users of this machine ask for, each request on its own virtual thread. */
final class LocalRequests implements LocalServer.Handler {
    private static final Logger LOG = LoggerFactory.getLogger(LocalRequests.class);

    private final Machine machine;
    private final OpenSessions open;

    LocalRequests(Machine machine, OpenSessions open) {
        this.machine = machine;
        this.open = open;
    }

    @Override
    public void handle(Caller caller, LocalRequest request, ReplySink replies) {
        switch (request) {
            case LocalRequest.Status() -> replies.send(new LocalReply.Success("running"));
            case LocalRequest.Upgrade upgrade -> upgrade(caller, upgrade, replies);
        }
    }

    private void upgrade(Caller caller, LocalRequest.Upgrade request, ReplySink replies) {
        Peer peer = machine.tailnet().wanted(request.peerIp());
        machine.files()
                .read(peer.file())
                .warnings()
                .forEach(line -> replies.send(new LocalReply.Info("Warning: " + line)));
        if (!caller.isRoot()) {
            machine.rates().spend("uid " + caller.uid(), machine.name());
            machine.rates().spend(peer.stableId(), machine.name());
        }
        try (Session session =
                open.open(SessionToken.random(), peer, line -> replies.send(new LocalReply.Info(line)))) {
            replies.onGone(session::cancel);
            replies.send(end(session, request));
        }
    }

    private LocalReply end(Session session, LocalRequest.Upgrade request) {
        try {
            InterfaceName name = new UpgradeInitiator(machine, session, TunnelRequest.ofUser(request)).run();
            String line = "Success! Now you have a new working P2P connection through interface '" + name + "'";
            session.note(line);
            return new LocalReply.Success(session.line(line));
        } catch (WirescaleException e) {
            return failure(session, session.isCancelled() ? cancelled(e) : e);
        } catch (InterruptedException e) {
            return failure(session, cancelled(e));
        } catch (RuntimeException e) {
            LOG.error("The session with peer {} failed", session.peer(), e);
            return failure(session, machine.fault(e));
        }
    }

    private WirescaleException cancelled(Exception e) {
        return WirescaleException.causedBy(e, SessionReason.CANCELLED, "machine", machine.name());
    }

    private static LocalReply failure(Session session, WirescaleException e) {
        session.note("No tunnel: " + e.getMessage());
        return new LocalReply.Failure(e.errorCode(), session.line(e.getMessage()));
    }
}
