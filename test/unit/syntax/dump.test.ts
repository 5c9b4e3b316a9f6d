// What `retis dump ast` prints.
import assert from "node:assert/strict";
import { it } from "node:test";
import { dumpScript } from "../../../compiler/syntax/dump.js";
import { parse } from "../../../compiler/syntax/parse.js";

function dump(text: string): string {
  const { value } = parse({ name: "x.rts", text });
  assert.ok(value !== null);
  return dumpScript(value);
}

it("a dump has one node a line, with its place", () => {
  const text = `/// Help.
option ports: {port}? = {80, 8000..8010} "ports"
probe p = k:a || b, $c
follow web at p
on p where not tcp.port not in $ports and (args[0].x & ~7) == 1 sample 1/$n by flow limit 10/s per ip.saddr
  print stack(5), @x top 3, journey @x = sum(packet.len) by cast(a, b).c remember 3 clear @ { a()
  }
let n = 1 + 1
every 5s save end stop`;
  assert.equal(
    dump(text),
    `script x.rts
  doc "Help."
  option ports: {port}? "ports"  2:1-2:49
    default: set  2:25-2:41
      int 80  2:26-2:28
      ..  2:30-2:40
        int 8000  2:30-2:34
        int 8010  2:36-2:40
  probe p  3:1-3:23
    attach to the first of  3:11-3:19
      kprobe:a  3:11-3:14
      b  3:18-3:19
    attach $c  3:21-3:23
  follow  4:1-4:16
    path web  4:8-4:11
    attach p  4:15-4:16
  on  5:1-7:4
    attach p  5:4-5:5
    where: and  5:12-5:64
      not  5:12-5:38
        not in  5:16-5:38
          path tcp.port  5:16-5:24
          option-ref $ports  5:32-5:38
      ==  5:43-5:64
        ()  5:43-5:59
          &  5:44-5:58
            path args[0].x  5:44-5:53
              index: int 0  5:49-5:50
            prefix ~  5:56-5:58
              int 7  5:57-5:58
        int 1  5:63-5:64
    sample 1/$n by flow  5:65-5:84
    limit 10/s  5:85-5:108
      per: path ip.saddr  5:100-5:108
    print  6:3-6:36
      stack-call stack(5)  6:9-6:17
      @x top 3  6:19-6:27
      journey  6:29-6:36
    @x = sum  6:37-6:73
      path packet.len  6:46-6:56
      by: cast to b  6:61-6:73
        path a  6:66-6:67
        .c  6:72-6:73
    remember 3  6:74-6:84
    clear @  6:85-6:92
    {}  6:93-7:4
      javascript "a()"  6:94-7:3
  let n  8:1-8:14
    javascript "1 + 1"  8:9-8:14
  every 5s  9:1-9:14
    save  9:10-9:14
  end  9:15-9:23
    stop  9:19-9:23
`,
  );
});

it("two scripts that differ in white space and comments only differ in places only", () => {
  const withoutPlaces = (text: string): string => dump(text).replace(/ {2}\d+:\d+-\d+:\d+$/gm, "");
  assert.equal(
    withoutPlaces("on drop where tcp.dport==80 /* why */ print\n\n// so\non rx print;"),
    withoutPlaces("on drop\n  where tcp . dport == 80\n  print on rx print"),
  );
});
