package org.wirescale.cli.status;

/**
 * What went through a tunnel, or what goes through it in a second.
 *
 * @param received bytes, 0 or more
 * @param sent bytes, 0 or more
 */
record Traffic(long received, long sent) {}
