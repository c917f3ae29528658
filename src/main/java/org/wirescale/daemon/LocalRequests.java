package org.wirescale.daemon;

import java.util.concurrent.CountDownLatch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.wirescale.model.ErrorCode;
import org.wirescale.model.InterfaceName;
import org.wirescale.model.SessionToken;
import org.wirescale.model.WirescaleException;
import org.wirescale.os.Systemd;
import org.wirescale.protocol.Features;
import org.wirescale.protocol.LocalReply;
import org.wirescale.protocol.LocalRequest;
import org.wirescale.tunnel.AutoremoveUnitChange;

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
            case LocalRequest.Recover recover -> recover(recover, replies);
            case LocalRequest.Down down -> tellPeer(down, replies);
        }
    }

    private void recover(LocalRequest.Recover request, ReplySink replies) {
        InterfaceName name = request.iface();
        LiveTunnel live = LiveTunnel.requireStanding(machine.folders(), name, machine.name());
        if (!live.header().peer().addresses().contains(request.peerIp())) {
            throw WirescaleException.of(SessionReason.OTHER_PEER, "interface", name, "address", request.peerIp());
        }
        String unit = AutoremoveUnitChange.unit(name);
        if (!Systemd.unit(unit).isRunning()) {
            throw WirescaleException.of(SessionReason.NOT_WATCHED, "interface", name, "unit", unit);
        }
        machine.recoveries().suspect(name);
        Peer peer = machine.tailnet().known(live.header().peer());
        converse(
                peer,
                replies,
                session -> {
                    RecoverInitiator errand = new RecoverInitiator(machine, session, live, request.latestHandshake());
                    try {
                        return "Success! WireGuard connection through interface '"
                                + new Initiation(machine, session).run(errand) + "' is working again";
                    } catch (WirescaleException e) {
                        throw isForGood(e)
                                ? e
                                : WirescaleException.causedBy(e, SessionReason.NOT_NOW, "why", e.getMessage());
                    }
                },
                "Not recovered: ");
    }

    /** A tunnel is given up for what its peer says, or when it is gone; a failure of this machine's own is tried again. */
    private static boolean isForGood(WirescaleException e) {
        return e.errorCode() != ErrorCode.GENERIC
                || e.reason() instanceof Dialogue.Refused
                || e.reason() == SessionReason.NOT_LIVE;
    }

    /** What is told is read from the tunnel before the command may take it down; telling may take its time. */
    private void tellPeer(LocalRequest.Down request, ReplySink replies) {
        LiveTunnel live = LiveTunnel.require(machine.folders(), request.iface(), machine.name());
        if (!live.header().peerFeatures().contains(Features.STOP)) {
            replies.send(new LocalReply.Success("the other end cannot be told"));
            return;
        }
        StopInitiator errand = new StopInitiator(live, machine.name());
        Peer peer = machine.tailnet().known(live.header().peer());
        // Before the answer: whoever takes the tunnel down may stop this daemon right afterwards, which then waits for
        // the session.
        CountDownLatch opened = new CountDownLatch(1);
        Thread.ofVirtual().name("stop " + request.iface()).start(() -> {
            try (Session session = open.open(SessionToken.random(), peer, _ -> {})) {
                session.detach();
                opened.countDown();
                boolean told = new Initiation(machine, session).run(errand);
                session.note(told ? peer + " took its end down too" : peer + " could not be told");
            } catch (WirescaleException e) {
                LOG.info("The other end of '{}' was not told that it was taken down: {}", live.name(), e.getMessage());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            } finally {
                opened.countDown();
            }
        });
        try {
            opened.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        replies.send(new LocalReply.Success("the other end is told"));
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
        converse(
                peer,
                replies,
                session -> {
                    UpgradeInitiator errand = new UpgradeInitiator(machine, session, TunnelRequest.ofUser(request));
                    return "Success! Now you have a new working P2P connection through interface '"
                            + new Initiation(machine, session).run(errand) + "'";
                },
                "No tunnel: ");
    }

    /** What a session comes to, as the line that its user is shown last. */
    private interface Conversation {
        String run(Session session) throws InterruptedException;
    }

    /**
     * @param failed what a failure's line begins with in the journal
     */
    private void converse(Peer peer, ReplySink replies, Conversation conversation, String failed) {
        try (Session session =
                open.open(SessionToken.random(), peer, line -> replies.send(new LocalReply.Info(line)))) {
            replies.onGone(session::cancel);
            replies.send(end(session, conversation, failed));
        }
    }

    private LocalReply end(Session session, Conversation conversation, String failed) {
        try {
            String line = conversation.run(session);
            session.note(line);
            return new LocalReply.Success(session.line(line));
        } catch (WirescaleException e) {
            return failure(session, session.isCancelled() ? cancelled(e) : e, failed);
        } catch (InterruptedException e) {
            return failure(session, cancelled(e), failed);
        } catch (RuntimeException e) {
            LOG.error("The session with peer {} failed", session.peer(), e);
            return failure(session, machine.fault(e), failed);
        }
    }

    private WirescaleException cancelled(Exception e) {
        return WirescaleException.causedBy(e, SessionReason.CANCELLED, "machine", machine.name());
    }

    private static LocalReply failure(Session session, WirescaleException e, String failed) {
        session.note(failed + e.getMessage());
        return new LocalReply.Failure(e.errorCode(), session.line(e.getMessage()));
    }
}
