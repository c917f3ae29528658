package org.wirescale.daemon;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.Iterator;
import java.util.Optional;
import java.util.Set;
import org.wirescale.model.IpAddress;

/**
 * Lets one session at a time through, in the order they came. A local request that has the turn but still waits for its peer's
 * {@code ack} gives way to an incoming one that has precedence, once to each sender; it then is the next again. Since of any
 * ring of machines that wait for each other the one with the highest address gives way, rings do not block.
 */
final class Turnstile {
    private final Deque<Ticket> waiting = new ArrayDeque<>();
    private Optional<Ticket> active = Optional.empty();

    /** A place in the queue for a request of this machine. */
    Ticket enqueueLocal(Runnable onChange) {
        return enqueue(new Ticket(Optional.empty(), onChange));
    }

    /**
     * A place for a request of another machine.
     *
     * @param precedes whether our own requests that still wait give way to it
     */
    Ticket enqueueIncoming(IpAddress sender, boolean precedes, Runnable onChange) {
        return enqueue(new Ticket(Optional.of(new Sender(sender, precedes)), onChange));
    }

    private synchronized Ticket enqueue(Ticket ticket) {
        waiting.addLast(ticket);
        schedule();
        return ticket;
    }

    private void schedule() {
        if (active.isEmpty() && !waiting.isEmpty()) {
            active = Optional.of(waiting.removeFirst());
        }
        active.filter(Ticket::givesWay).ifPresent(this::letPrecedingThrough);
        notifyAll();
        active.ifPresent(ticket -> ticket.onChange.run());
        waiting.forEach(ticket -> ticket.onChange.run());
    }

    private void letPrecedingThrough(Ticket local) {
        for (Iterator<Ticket> tickets = waiting.iterator(); tickets.hasNext(); ) {
            Ticket incoming = tickets.next();
            Optional<Sender> sender = incoming.sender.filter(Sender::precedes);
            if (sender.isPresent() && local.gaveWayTo.add(sender.get().address())) {
                tickets.remove();
                waiting.addFirst(local);
                active = Optional.of(incoming);
                return;
            }
        }
    }

    private record Sender(IpAddress address, boolean precedes) {}

    /** One session's place. Closing it lets the next one through. */
    final class Ticket implements AutoCloseable {
        private final Optional<Sender> sender;
        private final Runnable onChange;
        private final Set<IpAddress> gaveWayTo = new HashSet<>();
        private boolean committed;

        private Ticket(Optional<Sender> sender, Runnable onChange) {
            this.sender = sender;
            this.onChange = onChange;
        }

        private boolean givesWay() {
            return sender.isEmpty() && !committed;
        }

        /** Whether nobody but the session that has the turn is before this one. */
        boolean isNext() {
            synchronized (Turnstile.this) {
                return hasTurn() || waiting.peekFirst() == this;
            }
        }

        boolean hasTurn() {
            synchronized (Turnstile.this) {
                return active.isPresent() && active.get() == this;
            }
        }

        /**
         * Takes the turn for good: from now on this session gives way to nobody.
         *
         * @return false when another session has the turn at this moment
         */
        boolean commit() {
            synchronized (Turnstile.this) {
                committed = hasTurn();
                return committed;
            }
        }

        @Override
        public void close() {
            synchronized (Turnstile.this) {
                waiting.remove(this);
                if (hasTurn()) {
                    active = Optional.empty();
                }
                schedule();
            }
        }
    }
}
