package org.wirescale.os;

import java.io.IOException;
import java.net.DatagramPacket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import org.newsclub.net.unix.AFUNIXDatagramSocket;
import org.newsclub.net.unix.AFUNIXSocketAddress;

/** Stands for systemd or its journal. */
final class Receiver implements AutoCloseable {
    private final AFUNIXDatagramSocket socket;

    private Receiver(AFUNIXDatagramSocket socket) {
        this.socket = socket;
    }

    static Receiver at(Path path) throws IOException {
        return at(AFUNIXSocketAddress.of(path));
    }

    static Receiver abstractly(String name) throws IOException {
        return at(AFUNIXSocketAddress.inAbstractNamespace(name));
    }

    private static Receiver at(AFUNIXSocketAddress address) throws IOException {
        AFUNIXDatagramSocket socket = AFUNIXDatagramSocket.newInstance();
        socket.bind(address);
        socket.setSoTimeout(10_000);
        return new Receiver(socket);
    }

    String next() throws IOException {
        byte[] bytes = new byte[1 << 18];
        DatagramPacket packet = new DatagramPacket(bytes, bytes.length);
        socket.receive(packet);
        return new String(Arrays.copyOf(bytes, packet.getLength()), StandardCharsets.UTF_8);
    }

    @Override
    public void close() {
        socket.close();
    }
}
