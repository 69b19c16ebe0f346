package dev.rivulet.internal.engine;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;

/**
 * An edit of a class file (JVMS, chapter 4): a method's code becomes a call of the static method of the same name in
 * another class, which gets the receiver, if there is one, and the arguments.
 */
final class MethodReplacement {
    private static final int CONSTANT_POOL = 8;
    private static final int ADDED_CONSTANTS = 5;

    /** The flag of a static method. */
    private static final int STATIC = 0x0008;

    private final ByteBuffer in;
    private final String owner;
    private final int constantCount;
    private final int constantsEnd;
    private final Map<String, Integer> names = new HashMap<>();

    private MethodReplacement(byte[] classFile, String owner) {
        this.in = ByteBuffer.wrap(classFile).position(CONSTANT_POOL);
        this.owner = owner;
        this.constantCount = readUnsignedShort();
        readConstants();
        this.constantsEnd = in.position();
    }

    /**
     * Edits a class file.
     *
     * @param owner the name of its class, such as {@code java/lang/String}
     * @param name the name of a method
     * @param descriptor its parameters, all of them references, and its result, a reference or void
     * @param target the class with the static method, to which the owner needs access
     * @return the edited class file
     * @throws NoSuchMethodException if the class does not declare the method
     */
    static byte[] apply(byte[] classFile, String owner, String name, String descriptor, Class<?> target)
            throws NoSuchMethodException, IOException {
        return new MethodReplacement(classFile, owner).replace(name, descriptor, target);
    }

    private void readConstants() {
        for (int index = 1; index < constantCount; index++) {
            int tag = in.get();
            switch (tag) {
                case 1 -> names.put(readUtf8(), index);
                case 7, 8, 16, 19, 20 -> skip(2); // Class, String, MethodType, Module, Package
                case 15 -> skip(3); // MethodHandle
                case 5, 6 -> { // Long and Double take two indexes.
                    skip(8);
                    index++;
                }
                default -> skip(4);
            }
        }
    }

    private byte[] replace(String name, String descriptor, Class<?> target) throws NoSuchMethodException, IOException {
        skip(6); // Access flags, class, superclass
        skip(2 * readUnsignedShort()); // Interfaces
        for (int fields = readUnsignedShort(); fields > 0; fields--) {
            skipMember();
        }
        for (int methods = readUnsignedShort(); methods > 0; methods--) {
            int start = in.position();
            if (in.getShort(start + 2) == index(name) && in.getShort(start + 4) == index(descriptor)) {
                skipMember();
                return write(start, name, descriptor, target);
            }
            skipMember();
        }
        throw new NoSuchMethodException(owner.replace('/', '.') + "." + name + descriptor);
    }

    /** The index of a name in the constant pool; −1 if it is not there. */
    private int index(String name) {
        return names.getOrDefault(name, -1).shortValue();
    }

    private byte[] write(int start, String name, String descriptor, Class<?> target) throws IOException {
        byte[] classFile = in.array();
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(bytes);
        out.write(classFile, 0, CONSTANT_POOL);
        out.writeShort(constantCount + ADDED_CONSTANTS);
        out.write(classFile, CONSTANT_POOL + 2, constantsEnd - CONSTANT_POOL - 2);
        boolean isStatic = (in.getShort(start) & STATIC) != 0;
        String called = isStatic ? descriptor : "(L" + owner + ";" + descriptor.substring(1);
        writeTarget(out, name, called, target);
        out.write(classFile, constantsEnd, start + 6 - constantsEnd); // With the method's flags, name and descriptor
        out.writeShort(1);
        writeCode(out, called);
        out.write(classFile, in.position(), classFile.length - in.position());
        return bytes.toByteArray();
    }

    /** Writes the constants of the called method. */
    private void writeTarget(DataOutputStream out, String name, String called, Class<?> target) throws IOException {
        out.writeByte(1);
        out.writeUTF(target.getName().replace('.', '/'));
        out.writeByte(7);
        out.writeShort(constantCount);
        out.writeByte(1);
        out.writeUTF(called);
        out.writeByte(12);
        out.writeShort(index(name));
        out.writeShort(constantCount + 2);
        out.writeByte(10);
        out.writeShort(constantCount + 1);
        out.writeShort(constantCount + 3);
    }

    private void writeCode(DataOutputStream out, String called) throws IOException {
        int locals = (int) called.substring(0, called.indexOf(')'))
                .chars()
                .filter(end -> end == ';')
                .count();
        out.writeShort(index("Code"));
        out.writeInt(12 + locals + 4);
        out.writeShort(locals); // Stack
        out.writeShort(locals);
        out.writeInt(locals + 4);
        for (int local = 0; local < locals; local++) {
            out.writeByte(0x2a + local); // aload_0, aload_1, …
        }
        out.writeByte(0xb8); // invokestatic
        out.writeShort(constantCount + 4);
        out.writeByte(called.endsWith("V") ? 0xb1 : 0xb0); // return, areturn
        out.writeShort(0); // Exception handlers
        out.writeShort(0); // Attributes
    }

    private void skipMember() {
        skip(6);
        for (int attributes = readUnsignedShort(); attributes > 0; attributes--) {
            skip(2);
            skip(in.getInt());
        }
    }

    private String readUtf8() {
        byte[] bytes = new byte[readUnsignedShort()];
        in.get(bytes);
        return new String(bytes, StandardCharsets.UTF_8);
    }

    private int readUnsignedShort() {
        return Short.toUnsignedInt(in.getShort());
    }

    private void skip(int count) {
        in.position(in.position() + count);
    }
}
