/** Support for tests that exchange files with Python. */
@NullMarked
package dev.rivulet.interop;

import org.jspecify.annotations.NullMarked;
