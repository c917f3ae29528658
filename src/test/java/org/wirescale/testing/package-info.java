/** What tests of several packages share. */
@NullMarked
package org.wirescale.testing;

import org.jspecify.annotations.NullMarked;
