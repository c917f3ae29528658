@NullMarked
package org.wirescale.tunnel;

import org.jspecify.annotations.NullMarked;
