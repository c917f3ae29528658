/** The exit node: policy routing, marks and the barriers that keep traffic from going anywhere but through its tunnel. */
@NullMarked
package org.wirescale.exitnode;

import org.jspecify.annotations.NullMarked;
