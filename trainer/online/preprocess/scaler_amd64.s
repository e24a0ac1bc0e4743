#include "textflag.h"

DATA one<>+0(SB)/8, $1.0
GLOBL one<>(SB), RODATA|NOPTR, $8

DATA limit<>+0(SB)/8, $1e100
GLOBL limit<>(SB), RODATA|NOPTR, $8

DATA magnitude<>+0(SB)/8, $0x7fffffffffffffff
GLOBL magnitude<>(SB), RODATA|NOPTR, $8

// func transformFours(features *moments, before, after, x *float64, n int) int
TEXT ·transformFours(SB), NOSPLIT, $0-48
	MOVQ         features+0(FP), DI
	MOVQ         before+8(FP), SI
	MOVQ         after+16(FP), DX
	MOVQ         x+24(FP), R8
	MOVQ         n+32(FP), CX
	XORQ         AX, AX
	VBROADCASTSD one<>(SB), Y9
	VBROADCASTSD limit<>(SB), Y10
	VBROADCASTSD magnitude<>(SB), Y11
	VXORPD       Y12, Y12, Y12

four:
	LEAQ      4(AX), R9
	CMPQ      R9, CX
	JGT       done
	VMOVUPD   (R8)(AX*8), Y0
	VANDPD    Y11, Y0, Y1
	VCMPPD    $6, Y10, Y1, Y1    // beyond the limit, or not a number
	VMOVMSKPD Y1, R10
	TESTL     R10, R10
	JNE       done

	// Features become counts, means, variances and deviations.
	VMOVUPD    0(DI), Y1
	VMOVUPD    32(DI), Y2
	VMOVUPD    64(DI), Y3
	VMOVUPD    96(DI), Y4
	VUNPCKLPD  Y2, Y1, Y5
	VUNPCKHPD  Y2, Y1, Y6
	VUNPCKLPD  Y4, Y3, Y7
	VUNPCKHPD  Y4, Y3, Y8
	VPERM2F128 $0x20, Y7, Y5, Y1
	VPERM2F128 $0x20, Y8, Y6, Y2
	VPERM2F128 $0x31, Y7, Y5, Y3
	VPERM2F128 $0x31, Y8, Y6, Y4

	VSUBPD    Y2, Y0, Y5         // distance
	VDIVPD    Y4, Y5, Y6
	VCMPPD    $4, Y12, Y4, Y7    // deviation ≠ 0
	VANDPD    Y7, Y6, Y6
	VANDPD    Y11, Y6, Y7
	VCMPPD    $1, Y7, Y10, Y7    // beyond the limit
	VMOVMSKPD Y7, R10
	TESTL     R10, R10
	JNE       done
	VMOVUPD   Y6, (SI)(AX*8)

	VADDPD  Y9, Y1, Y1
	VDIVPD  Y1, Y5, Y6
	VADDPD  Y6, Y2, Y2
	VSUBPD  Y2, Y0, Y0           // rest
	VMULPD  Y0, Y5, Y5
	VSUBPD  Y3, Y5, Y5
	VDIVPD  Y1, Y5, Y5
	VADDPD  Y5, Y3, Y3
	VSQRTPD Y3, Y4
	VDIVPD  Y4, Y0, Y0
	VCMPPD  $4, Y12, Y4, Y7
	VANDPD  Y7, Y0, Y0
	VMOVUPD Y0, (DX)(AX*8)

	VUNPCKLPD  Y2, Y1, Y5
	VUNPCKHPD  Y2, Y1, Y6
	VUNPCKLPD  Y4, Y3, Y7
	VUNPCKHPD  Y4, Y3, Y8
	VPERM2F128 $0x20, Y7, Y5, Y1
	VPERM2F128 $0x20, Y8, Y6, Y2
	VPERM2F128 $0x31, Y7, Y5, Y3
	VPERM2F128 $0x31, Y8, Y6, Y4
	VMOVUPD    Y1, 0(DI)
	VMOVUPD    Y2, 32(DI)
	VMOVUPD    Y3, 64(DI)
	VMOVUPD    Y4, 96(DI)

	ADDQ $128, DI
	MOVQ R9, AX
	JMP  four

done:
	VZEROUPPER
	MOVQ AX, ret+40(FP)
	RET
