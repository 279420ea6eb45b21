/* Symbolic model of docs/protocol.md: how hello, device proof, OPAQUE, records, resume and linked scanners are put
 * together. `npm run prove -- model` checks it with Spin; each scenario sets some of the words below.
 *
 * The attacker (Dolev and Yao) is the network: it has every record that was sent, delivers what it likes, when and to
 * whom it likes, seals what it has the keys for, and reads what it can open. So an honest end waits for no channel: it
 * goes on when the attacker can bring about the message that it waits for, and what it sends is noted as known. The
 * primitives are ideal: a signature, a record, a MAC exist only where a holder of the key made them; OPAQUE's session
 * key is known to who made ke1 with the right password, and to the server.
 *
 * Ends are named by their ephemeral key: 1 and 2 are runs of the honest client, 3 and 4 connections of the server, of
 * which 4 may be one after a restart (only the store is left of 3), ATTACKER is the attacker's. H(x, y) is the
 * connection of x's hello and y's: h0.
 *
 * What a thief has: PASSWORD_STOLEN, DEVICE_STOLEN, FINGER_STOLEN (an image that passes).
 * Policy: password, finger and scanner or, as the client chooses, a face; with PASSWORD_ONLY the password.
 * A protocol with a part left out, in which the attacker must win (or the model would show nothing):
 *   UNPINNED             the client takes any server's identity
 *   PROOF_ANYWHERE       the device proof does not cover h0
 *   CHOICE_OPEN          the choice of factors is taken from whoever
 *   KEYS_WITHOUT_OPAQUE  session keys come from the ephemerals alone
 *   SAME_RANDOMNESS      the server draws the same numbers after a restart; NO_STORE: and has kept no challenge
 *   LINKED               the linked scanner in place of the rest; with ANY_BROWSER its challenge names no browser,
 *                        with ANY_CODE the person touches whatever code is shown
 */
#define ATTACKER 5
#define H(x, y) ((x) * 6 + (y))

#ifdef SAME_RANDOMNESS
#define EPHEMERAL(c) 3
#else
#define EPHEMERAL(c) (c)
#endif
#ifdef PASSWORD_STOLEN
#define PASSWORD true
#else
#define PASSWORD false
#endif
#ifdef DEVICE_STOLEN
#define DEVICE true
#else
#define DEVICE false
#endif
#ifdef FINGER_STOLEN
#define FINGER true
#else
#define FINGER false
#endif

#ifndef LINKED

bit greeted[3];        /* the client's hello is out */
bit signedHello[36];   /* the identity's signature over both hellos */
bit start[36];         /* sealed records, by connection */
bit response[36];
bit finish[36];
bit asked[36];         /* challenge */
bit capture[36];
bit pass[36];
bit resumption[36];
byte choice[36];       /* 1 finger, 2 face */

bit openProof;         /* a device proof, readable */
bit openKe1[3];
bit openKe2[3];        /* for the ke1 of this run */
bit openKe3[3];
bit openToken;

bit spent[6];          /* challenges in the store */
byte peer[3];          /* whom the client takes for the server */
byte chosen[3];
bit touched[3];        /* the client's capture is out */
bit passed[3];
byte admitted[3];      /* how often the server let this run in */
byte accepted[6];      /* whom this connection of the server let in */

active proctype Client1() { byte i = 1; byte y; byte w;
  greeted[i] = 1;
  if
  :: signedHello[H(i, 3)] -> y = 3
  :: signedHello[H(i, 4)] -> y = 4
#ifdef UNPINNED
  :: y = ATTACKER
#endif
  fi;
  peer[i] = y;
  atomic { start[H(i, y)] = 1; if :: y == ATTACKER -> openProof = 1; openKe1[i] = 1 :: else fi };
  if :: response[H(i, y)] :: y == ATTACKER && openKe2[i] fi;
  atomic { finish[H(i, y)] = 1; if :: y == ATTACKER -> openKe3[i] = 1 :: else fi };
#ifndef PASSWORD_ONLY
  /* From here on session keys: who has not OPAQUE's key neither reads nor writes. */
#ifdef KEYS_WITHOUT_OPAQUE
  if :: asked[H(i, y)] :: y == ATTACKER fi;
#else
  asked[H(i, y)];
#endif
  if :: w = 1 :: w = 2 fi;
  atomic { chosen[i] = w; choice[H(i, y)] = w };
  atomic { touched[i] = 1; capture[H(i, y)] = 1 };
#endif
  pass[H(i, y)];
  assert(accepted[y] == i); /* the client is let in where the server let it in */
  passed[i] = 1
}

/* The same person again, with the token of the first run. */
active proctype Client2() { byte i = 2; byte y;
  passed[1];
  greeted[i] = 1;
  if
  :: signedHello[H(i, 3)] -> y = 3
  :: signedHello[H(i, 4)] -> y = 4
#ifdef UNPINNED
  :: y = ATTACKER
#endif
  fi;
  peer[i] = y;
  atomic { resumption[H(i, y)] = 1; if :: y == ATTACKER -> openToken = 1 :: else fi };
  pass[H(i, y)];
  assert(accepted[y] == i);
  passed[i] = 1
}

proctype Server(byte connection) { byte x; byte c; byte w; byte y = EPHEMERAL(connection); bool keysKnown;
  if :: greeted[1] -> x = 1 :: greeted[2] -> x = 2 :: x = ATTACKER fi;
  signedHello[H(x, y)] = 1;
  if
  :: resumption[H(x, y)] -> goto resumed
  :: x == ATTACKER && openToken -> goto resumed
  :: start[H(x, y)] -> c = x
#ifdef PASSWORD_ONLY
  :: x == ATTACKER -> c = ATTACKER
  :: x == ATTACKER && openKe1[1] -> c = 1
#else
#ifdef PROOF_ANYWHERE
  :: x == ATTACKER && (DEVICE || openProof) -> c = ATTACKER
  :: x == ATTACKER && (DEVICE || openProof) && openKe1[1] -> c = 1
#else
  :: x == ATTACKER && DEVICE -> c = ATTACKER
  :: x == ATTACKER && DEVICE && openKe1[1] -> c = 1
#endif
#endif
  fi;
  atomic { response[H(x, y)] = 1; if :: x == ATTACKER && c == 1 -> openKe2[1] = 1 :: else fi };
  if
  :: c == x && x != ATTACKER && finish[H(x, y)]
  :: c == ATTACKER && PASSWORD
  :: x == ATTACKER && c == 1 && openKe3[1] /* passed on */
  fi;
#ifdef PROOF_ANYWHERE
  assert(x != ATTACKER || DEVICE); /* a password counts only beside the device on this connection */
#endif
#ifdef KEYS_WITHOUT_OPAQUE
  keysKnown = (x == ATTACKER);
#else
  keysKnown = (x == ATTACKER && c == ATTACKER);
#endif
#ifndef PASSWORD_ONLY
  asked[H(x, y)] = 1;
  if
  :: x != ATTACKER && choice[H(x, y)] != 0 -> w = choice[H(x, y)]
  :: keysKnown -> w = 1
#ifdef CHOICE_OPEN
  :: w = 1
  :: w = 2
#endif
  fi;
  if
  :: capture[H(x, y)] && c == x
  :: keysKnown && DEVICE && FINGER && w == 1
  fi;
  atomic {
    if
#ifndef NO_STORE
    :: spent[y] -> goto over
#endif
    :: else -> spent[y] = 1
    fi;
    assert(x != ATTACKER);                        /* nobody but the person is let in */
    assert(touched[x] && peer[x] == y);           /* who agrees on the connection */
    assert(chosen[x] == w);                       /* and on the factors */
    admitted[x]++; assert(admitted[x] == 1);      /* once for each time that they signed in */
    accepted[y] = x; pass[H(x, y)] = 1
  };
#else
  atomic {
    assert(!keysKnown);                           /* nobody else has the session's keys, so nobody reads its token */
    accepted[y] = x; pass[H(x, y)] = 1
  };
#endif
  goto over;
resumed:
  atomic {
    assert(x != ATTACKER && passed[1] && peer[x] == y);
    accepted[y] = x; pass[H(x, y)] = 1
  };
over: skip
}

init { atomic { run Server(3); run Server(4) } }

#else

/* Two browsers that have the password, the person's (1) and a thief's (ATTACKER), and one scanner. */
byte jobFor;           /* whose sign-in the scanner shows */
byte shownAt[6];       /* code in this browser; codes differ with browser and challenge */
byte signedFor;        /* challenge in the capture: the browser that it names; 9: none */

#ifdef ANY_BROWSER
#define CHALLENGE(browser) 9
#else
#define CHALLENGE(browser) (browser)
#endif

proctype Browser(byte b) {
  byte jobs;
  do
  :: atomic { jobFor == 0 && jobs < 2 -> jobs++; jobFor = b; shownAt[b] = b }
  /* Its touch is over, or given up: captures that come later are of an earlier challenge, and may come all the same. */
  :: atomic { jobFor == b -> jobFor = 0 }
  :: atomic { jobFor == b && signedFor == CHALLENGE(b) -> assert(b != ATTACKER); break }
  od
}

/* Looks while touching; who looks away in between may touch for another (docs/protocol.md section 12). */
active proctype Person() {
  atomic {
#ifdef ANY_CODE
    jobFor != 0;
#else
    jobFor == 1 && shownAt[1] == 1;
#endif
    signedFor = CHALLENGE(jobFor)
  }
}

init { atomic { run Browser(1); run Browser(ATTACKER) } }

#endif
