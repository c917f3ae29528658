package org.wirescale.daemon;

/** Which end of a session this machine is. */
enum Role {
    /** It asked. */
    INITIATOR,
    /** It was asked. */
    RESPONDER
}
