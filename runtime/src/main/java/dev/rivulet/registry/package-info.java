/**
 * The contract between generated code and the runtime.
 *
 * <p>For generated code only: exported because the annotation processor's output implements and calls it. Nothing here
 * is to be named by hand, but {@link MissingRegistryException} may be caught.
 */
@NullMarked
package dev.rivulet.registry;

import org.jspecify.annotations.NullMarked;
