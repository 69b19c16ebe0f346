/**
 * The contract between generated code and the runtime.
 *
 * <p>For generated code only: exported because the output of the annotation processor implements and calls these types.
 * User code names only {@link MissingRegistryException}, to catch it.
 */
@NullMarked
package dev.rivulet.registry;

import org.jspecify.annotations.NullMarked;
