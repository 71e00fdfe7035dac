package io.millrace.event;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.Seed;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class Utf8Test {
    @Nested
    class Bytes {
        @Test
        void are_valid_where_Java_decodes_them() {
            var random = Seed.random();
            var bytes = new byte[6];

            for (int i = 0; i < 2_000_000; i++) {
                random.nextBytes(bytes);
                // Leading and following bytes of UTF-8 have their top bit set: most inputs should come near.
                for (int j = 0; j < 4; j++) {
                    bytes[j] |= (byte) 0x80;
                }

                assertThat(Utf8.isValid(bytes, 1, 4))
                        .as("%s", ByteBuffer.wrap(bytes))
                        .isEqualTo(decodes(bytes, 1, 4));
            }
        }
    }

    @Nested
    class Every_character {
        @Test
        void is_valid_but_halves_of_a_pair() {
            for (int point = 0; point <= Character.MAX_CODE_POINT; point++) {
                if (point < Character.MIN_SURROGATE || point > Character.MAX_SURROGATE) {
                    var bytes = Character.toString(point).getBytes(UTF_8);

                    assertThat(Utf8.isValid(bytes, 0, bytes.length)).isTrue();
                    assertThat(Utf8.isValid(bytes, 0, bytes.length - 1)).isEqualTo(bytes.length == 1);
                }
            }
            assertThat(Utf8.isValid(new byte[] {(byte) 0xed, (byte) 0xa0, (byte) 0x80}, 0, 3))
                    .isFalse();
        }
    }

    private static boolean decodes(byte[] bytes, int offset, int length) {
        try {
            UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes, offset, length));
            return true;
        } catch (CharacterCodingException e) {
            return false;
        }
    }
}
