/**
 * Tests on real machines: hosts that boot systemd and run tailscaled, in the lab of {@code lab/lab}. They need root and the program
 * installed below a folder (system property {@code wirescale.program}); {@code lab/test} sees to both.
 */
@NullMarked
package org.wirescale.lab;

import org.jspecify.annotations.NullMarked;
