/**
 * The rules of declarations: policies, file-name templates and names. Shared by the checks at compile time and the
 * runtime.
 */
@NullMarked
package dev.rivulet.policy;

import org.jspecify.annotations.NullMarked;
