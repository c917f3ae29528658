package org.wirescale.daemon;

/**
 * Who asks through the local socket, by the kernel's word at the time of the connection ({@code SO_PEERCRED}).
 *
 * @param uid never a name: two names can have one uid, and a uid need not have one
 */
public record Caller(int uid) {
    public boolean isRoot() {
        return uid == 0;
    }
}
