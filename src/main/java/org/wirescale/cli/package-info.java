@NullMarked
package org.wirescale.cli;

import org.jspecify.annotations.NullMarked;
