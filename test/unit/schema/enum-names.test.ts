// Names of enums: with and without prefix, in nft's spelling and C's, and none that only counts.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { dropReasons } from "../../../compiler/schema/drop.js";
import { knownDropReasons } from "../../../compiler/schema/drop-reasons.js";
import { enumNames } from "../../../compiler/schema/enum-names.js";
import { icmpTypes } from "../../../compiler/schema/icmp.js";
import { kernel, kernelBefore } from "../../kernel-facts.js";

describe("names of an enum", () => {
  it("are found with and without the kernel's prefix", () => {
    const names = enumNames(dropReasons, kernel);
    for (const spelling of ["NO_SOCKET", "SKB_DROP_REASON_NO_SOCKET", "no_socket"])
      assert.equal(names?.valueOf(spelling), 3n, spelling);
    assert.equal(names?.valueOf("CONSUMED"), 1n, "SKB_CONSUMED has the short prefix");
    assert.equal(names?.valueOf("SOCKET"), null);
  });

  it("are shown without it", () => {
    const names = enumNames(dropReasons, kernel);
    assert.equal(names?.nameOf(3n), "NO_SOCKET");
    assert.equal(names?.nameOf(1n), "CONSUMED");
    assert.equal(names?.nameOf(999n), null);
  });

  it("leave out what counts and masks", () => {
    const names = enumNames(dropReasons, kernel);
    assert.equal(names?.valueOf("MAX"), null);
    assert.equal(names?.nameOf(128n), null);
    assert.equal(names?.nameOf(0xffff0000n), null);
  });

  it("are none where the kernel has no such enum", () => {
    assert.equal(enumNames(dropReasons, kernelBefore), null);
  });

  it("take `_` for `-`, and show the first name of a number", () => {
    const names = enumNames(icmpTypes, kernel);
    for (const spelling of ["echo-request", "echo_request", "ECHO_REQUEST"])
      assert.equal(names?.valueOf(spelling), 8n, spelling);
    assert.equal(names?.valueOf("dest-unreachable"), 3n);
    assert.equal(names?.nameOf(3n), "destination-unreachable");
  });

  it("of other kernels are listed once", () => {
    assert.equal(new Set(knownDropReasons).size, knownDropReasons.length);
    const names = enumNames(dropReasons, kernel);
    assert.deepEqual(
      [...(names?.shown.keys() ?? [])].filter((name) => !knownDropReasons.includes(name)),
      [],
    );
  });
});
