package org.wirescale.daemon.wire;

import java.nio.ByteBuffer;
import java.util.List;
import org.java_websocket.WebSocketImpl;
import org.java_websocket.drafts.Draft;
import org.java_websocket.drafts.Draft_6455;
import org.java_websocket.enums.Opcode;
import org.java_websocket.exceptions.IncompleteHandshakeException;
import org.java_websocket.exceptions.InvalidDataException;
import org.java_websocket.exceptions.InvalidHandshakeException;
import org.java_websocket.framing.CloseFrame;
import org.java_websocket.framing.Framedata;
import org.java_websocket.handshake.Handshakedata;
import org.java_websocket.protocols.Protocol;
import org.wirescale.protocol.PeerLimits;

/**
 * RFC 6455 without extensions, and only with whole messages: the library's limit holds for one frame, while what a fragmented
 * message gathers is not bounded (its issue 1508). No peer fragments messages of a few hundred bytes.
 */
final class GuardedDraft extends Draft_6455 {
    GuardedDraft() {
        super(List.of(), List.of(new Protocol("")), PeerLimits.MESSAGE_BYTES);
    }

    @Override
    public Draft copyInstance() {
        return new GuardedDraft();
    }

    /** What the parser stumbles over would only be logged, and the connection stay open. */
    @Override
    public Handshakedata translateHandshake(ByteBuffer buffer) throws InvalidHandshakeException {
        try {
            return super.translateHandshake(buffer);
        } catch (IncompleteHandshakeException e) {
            throw e;
        } catch (RuntimeException e) {
            throw new InvalidHandshakeException(e);
        }
    }

    @Override
    public List<Framedata> translateFrame(ByteBuffer buffer) throws InvalidDataException {
        try {
            return super.translateFrame(buffer);
        } catch (RuntimeException e) {
            throw new InvalidDataException(CloseFrame.PROTOCOL_ERROR, e);
        }
    }

    @Override
    public void processFrame(WebSocketImpl socket, Framedata frame) throws InvalidDataException {
        if (!frame.isFin() || frame.getOpcode() == Opcode.CONTINUOUS) {
            throw new InvalidDataException(CloseFrame.REFUSE, "fragmented messages are not taken");
        }
        super.processFrame(socket, frame);
    }

    /** The library compares drafts by their settings; two connections never share one. */
    @Override
    public boolean equals(Object other) {
        return this == other;
    }

    @Override
    public int hashCode() {
        return System.identityHashCode(this);
    }
}
