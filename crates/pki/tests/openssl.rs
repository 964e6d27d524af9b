// SPDX-License-Identifier: Apache-2.0 OR MIT
//! What Wycheproof has no vectors of: old digests, a modulus of 8n + 1 bits, DSA-1024, curves with digests longer and
//! shorter than their order, compressed points. Made by OpenSSL 3.0.19 over `keiin` (`genpkey`, `dgst -sign`).
#![allow(clippy::unwrap_used, clippy::indexing_slicing)] // `check` is a test by another name
#![cfg(any(feature = "aws-lc", feature = "pure-rust"))]

use keiin_model::{DigestAlgorithm, SignatureAlgorithm};
use keiin_pki::key::{PublicKey, SignatureError, verify};

const MESSAGE: &[u8] = b"keiin";

fn octets(hex: &str) -> Vec<u8> {
    let digit = |at: usize| hex.get(at..at + 2).and_then(|pair| u8::from_str_radix(pair, 16).ok());
    (0..hex.len()).step_by(2).filter_map(digit).collect()
}

/// The value is of this message and of no other, and no changed value is.
fn check(spki: &str, vectors: &[(SignatureAlgorithm, &str)]) {
    let key = PublicKey::read(&octets(spki)).unwrap();
    for (algorithm, value) in vectors {
        let value = octets(value);
        let verified = verify(&key, algorithm, MESSAGE, &value);
        assert_eq!(verified.map(|v| v.algorithm()), Ok(*algorithm), "{algorithm}");
        assert_eq!(verify(&key, algorithm, b"kein", &value), Err(SignatureError::WrongValue), "{algorithm}");
        for at in [0, value.len() / 2, value.len() - 1] {
            let mut changed = value.clone();
            changed[at] ^= 1;
            assert_eq!(
                verify(&key, algorithm, MESSAGE, &changed),
                Err(SignatureError::WrongValue),
                "{algorithm}"
            );
        }
        let longer = [&[0], &value[..]].concat();
        assert_eq!(verify(&key, algorithm, MESSAGE, &longer), Err(SignatureError::WrongValue), "{algorithm}");
    }
}

#[test]
fn rsa() {
    check(
        "30819f300d06092a864886f70d010101050003818d0030818902818101dd8a98323406a76854d3e8c781bbf1fd02f20b\
         a2c2c77b761f9f8380dbd3c80968175b4745f485b3f08a2996e51e5ff412d8c84b14303025c65af3816512934effeb34\
         de0bdaa2f44f52ee24a522ac2c682c612fefe61e6c9fbd6fa64c2ba564eef3b3839b79236a90718133d27152676448ab\
         bcad7b3dfc939951d353ad02710203010001",
        &[
            (
                SignatureAlgorithm::RsaPkcs1 { digest: DigestAlgorithm::Md5 },
                "00897fb3d653198481c78a7366065f292d204e6d4e4dabd5078cf69a6aeea992acbcd244de5d07309edfeb700d6ee4cd\
                 10d5372d1dc1df983b6a875abd0b2bedd232fe1dea9c58e6d846245141c0b66d221a750d906493b1c9966019df7dc55c\
                 6196c0ba8f77140b4b5213242b1ab7d48a57790f1ed89dfd979c6f702aaf791bf9",
            ),
            (
                SignatureAlgorithm::RsaPkcs1 { digest: DigestAlgorithm::Sha1 },
                "009218ff221702ec76c76c14a752885258c0c01046ef6e3c62e9f0185906342fc0be77e33e5325355f586cce22d12d13\
                 c1eb26c7e8f4e1389f8deee31980184beb6e6277b311e899865bbbffb1904a9f850c36869f909babe018e383c0138f16\
                 b0c622ce349b56c8036c99898a5e066072376587a79fe1e6b254a66d14846cf941",
            ),
            (
                SignatureAlgorithm::RsaPkcs1 { digest: DigestAlgorithm::Ripemd160 },
                "01054d30059bd508e9d6ce27cebf31ceb06596894df3cd58fd84062189459f4f0a5fba874b86fedc582ed7d773ba72a6\
                 56a91c02dceb9f1ee0faebed682b73c92a65b7de2e7265aa0770b82fe85f612994eede8d05cf88f7651b869d6213681b\
                 3bab895f35787eade38ea18dc445fc1ee61545e23e2dfadeafa2367f91686cfcb4",
            ),
            (
                SignatureAlgorithm::RsaPkcs1 { digest: DigestAlgorithm::Sha512 },
                "014534df6d60c8fa7c911d1c7a75343c08715f13c62f616296bf1210692d04b21371941dc04135cc8cf2af6c19f7bcfb\
                 0704b947f1c936b1bd78480a6f50cccd59208aacf92871feb2072a6a312c79509ea53725c9ce24750b5ba614bd330fe7\
                 dd99ae0a2e374e47beb595637b68cd81ac53f8ee727fb6da3c1ea2cde60be59cf4",
            ),
            (
                SignatureAlgorithm::RsaPss {
                    digest: DigestAlgorithm::Sha256,
                    mgf: DigestAlgorithm::Sha1,
                    salt: 94,
                },
                "00504229ef8cefb527ff75c58b3e106b59290af68e32c73432ac1f86921071adb923d926371b309ac435fd4a2b3a8ba3\
                 5f4f8c76bd53a0460840ac32bbb6500b81ea363ae1b32efccf4b25fc953bf817a1514fae8596bd9221d4c80713ef40a8\
                 02a0a55cc71213999d167c72072b31252b819cec8953af95df693f7bc346d9e9aa",
            ),
            (
                SignatureAlgorithm::RsaPss {
                    digest: DigestAlgorithm::Sha1,
                    mgf: DigestAlgorithm::Sha1,
                    salt: 0,
                },
                "00986a407a7de1467a345bb22ff5e1952daefb4ec1f78a46882f380dac27711afa85a36be8e2d0b712d175277c517587\
                 71969babddfe6b6bf2c3ee90c5ee5ed320c477b24f93b6b491c8df50f73b86fe18295d9ba38dcc43663f90606d19ad9c\
                 c4d3afedd7d7d607c7dfc0732e0c4941b149c966a1a0bec8c2c68b1f6b3e37bedc",
            ),
        ],
    );
}

#[test]
fn dsa() {
    check(
        "308201b63082012b06072a8648ce3804013082011e02818100b9f9a06e9858540b5be4202c92d6b85b8132e23ea9dad3\
         7aeb06ca797ea035dad1aa26c28a7bc02ab254fda6a98f921dbdad6f4be6e8268ff2c56244f94a5003f51c9e45dafaaa\
         b250cb4edbd8bd2e72fb479a9c007806f5988dd6a4c36990e822dd6dc75fdc87351ed488913906f426fbeb1a28a72123\
         9f72121dcff8ab25f9021500fcdefd31db8b3c3cfb271fdbdc2276839d6e8a2f0281800ae86b4dfb313c19c19278561a\
         47e55d2df1e01213ecacae4c08ea7664790629d2c9d6e380780f37dbc42ccc0c482f947a8117a156600a1eab087df219\
         b357fa5a4cc403230935fd74a46323541acec27e812d153c02995941e23621a4c72e8c9d8d199b56f9af0ee585fcc1c2\
         05e26105a85bb3f0287907b89e7f0c0a7b6c000381840002818064370da13eb4911d6a406aa6d50c68bf5d5acc926840\
         4c622a83982ec4389efeb55c66ac975e87bb16afcc46b7b6661bb3c474f2cad8dccdcaa6e25dd717315bf14c8a50152e\
         03cb2c813e9db00c3b53e14574a24f1fff9c6dd63c18906c3b674b2b92eb861eab90a9269c7be72fc85195167aef626c\
         b33a481575447fd07105",
        &[
            (
                SignatureAlgorithm::Dsa { digest: DigestAlgorithm::Sha1 },
                "302d021500ed4f170743455d7bf0052d142163d55c575f88e602147113abe8221f49265e6ffde28458ac07b3fa48f9",
            ),
            (
                SignatureAlgorithm::Dsa { digest: DigestAlgorithm::Sha256 },
                "302c02140ed584863c54cdff2c1edf165dcc3a95067b53100214698b08b1e77dba0b0b2beeb842d4c24a97a6da9e",
            ),
        ],
    );
}

#[test]
fn p_256() {
    check(
        "3039301306072a8648ce3d020106082a8648ce3d03010703220003c070232d5ac5ac4cfb69707ead12169645c94da92a\
         2897652ab82c8a022ddd0a",
        &[
            (
                SignatureAlgorithm::Ecdsa { digest: DigestAlgorithm::Sha1 },
                "30440220294d6be9a4928903cc4add54a18f840dd42d4b2c617710c9831ebda69ad358f902205773ea3c5c9cd321b524\
                 2b819b8cb48bfab5201475c8b9a478b65df89b54a8e4",
            ),
            (
                SignatureAlgorithm::Ecdsa { digest: DigestAlgorithm::Sha512 },
                "3045022100b7ca8d55917107822f2edee8b08c0e70126240ab949e37f4dc9f6c17161e67d80220504a7ef1e43b04b058\
                 e7fbc4c4ed2a9b91f86630c1e6aa8f9ae3c84d29f90252",
            ),
        ],
    );
}

#[test]
fn p_521() {
    check(
        "3058301006072a8648ce3d020106052b810400230344000201c0160620ebd6c396fe9e4ca05bd35e4f31d9e13cb5586c\
         43d780407f74b0adf72ef9c9221ac7f87e1a75002563bae7545130da4980b5ba9cb10744cda54df65d90",
        &[
            (
                SignatureAlgorithm::Ecdsa { digest: DigestAlgorithm::Sha1 },
                "30818702411a694cadd89a182923ccc49268cf9ba33f0a650778112a477f5302e122dba6bdf1e74330f1c2067ba3975f\
                 f645e516c362be76e73e09f713c6dc49555a0ec5b06502420168619938f3daa8b556d851f87324f512a3f3e7fb2e2834\
                 63459831534d0d6816b60f6fbcc90cdfa6dfa78f84173a2b79577d7e845c28bc18e440ddef15e84e1f1f",
            ),
            (
                SignatureAlgorithm::Ecdsa { digest: DigestAlgorithm::Sha512 },
                "308187024157213be0405466a58c42979c1470f1bc73c0da76d175e2c59acb578ae7efb1cbdc6e48a837cff67045a340\
                 7dafd2eaf807522a7f5dc6e86819f8c97c3d5b0588a6024200e1518d63c4b5bc515feb399ce93d1370177a8ea506cfcc\
                 6868737c4764e3256719f555a2a174fce9a94b924b4dfb476cfaed9b7ac5ba85df6049948fb52bb77a21",
            ),
        ],
    );
}

#[test]
fn brainpoolp256r1() {
    check(
        "303a301406072a8648ce3d020106092b2403030208010107032200038b375b2ca3a783bd4c4de4ce800c80ae2f73afc5\
         9fbc8ae1df6a15da6e603b73",
        &[
            (
                SignatureAlgorithm::Ecdsa { digest: DigestAlgorithm::Sha1 },
                "3045022100a4017884b42b74ddbdeb5ef6668e94d82b5295540230fef6c1c75020b42785a90220271d8ec4b4f30f0536\
                 1011523a46431a11d6d2aa897ce7cb563520411e4bd385",
            ),
            (
                SignatureAlgorithm::Ecdsa { digest: DigestAlgorithm::Sha512 },
                "304402205cd50bbe24674d8468fa511a80e8714a11dc829b4790e7ca5736bc5ffec623ab02207277417f22b185b439fa\
                 73c6dabaa7b97bc7c53b854228c298e7bb1e9154df70",
            ),
        ],
    );
}

#[test]
fn brainpoolp384r1() {
    check(
        "304a301406072a8648ce3d020106092b240303020801010b033200033230125e3e769329e048e44139a9af34f8827508\
         f0abececb04a85006e4b1d3a0fd2dd1cf80fbda643c1fc505b3d6631",
        &[
            (
                SignatureAlgorithm::Ecdsa { digest: DigestAlgorithm::Sha1 },
                "306402305211e7c84555404100d9116feec99c0c3c97d47e117a31c5101e9ed92d471545e3269cb75c99df63ad03c800\
                 3941272302305e5e70cb4cf390e538d6ee002a618bdb2cd17ff2024b57e906acd8c8285274e1faa6e0af35260f8eda9f\
                 c5c9b0094d7d",
            ),
            (
                SignatureAlgorithm::Ecdsa { digest: DigestAlgorithm::Sha512 },
                "306402303ac94091220122b70e8e8d2fa7912671fb20cbc92b5fa564401c6c483f155b43ec0e1afc2ce9c250c1c8bb4d\
                 59c6bf0d02301fd0966a115af5887c170df57464ffdc43864ff1fc0f82c2ad9d4efcff31e3561cd8cd1203a149ae3a6b\
                 3a54ccbea1e1",
            ),
        ],
    );
}
