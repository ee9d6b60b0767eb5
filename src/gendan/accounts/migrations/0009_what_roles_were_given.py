"""A role knows the rights of the template that it was given, so that it can follow a newer one while nobody changed it."""

import django.contrib.postgres.fields
from django.db import migrations, models

# The rights of every template that there has been (md5 of the sorted codes): a role that has exactly those was not changed.
KNOWN = """
01a183adf615ab694d13fd044b6cf09b 04437613dac5df1ab459d3689fd95f75 131bf63bb6910bd04ed4232396e10f08
141f9654976134f6104b76cb0c6599e5 18f2d9f557a51ecbac9a703dbe92991a 1b02b92fd9f8a32ff1cdc1df67d8a702
207f5ac8d8a179752fd02e8e1f65fd52 21a10af38818c5fb6f1ed3d7cc9e41f2 27866357381a0b65044b0ee9ba1dc572
2ad46b2141e4c198ce143a9dd8945d76 2b09daa832ab590f9cc86d74ca40e3de 2ffb71398bdcdcab4d89d405da74be3e
3219d04a76983dc2ea782106615f012b 33884369f7c491f110e541dfabdbc4a6 3389dae361af79b04c9c8e7057f60cc6
37549a3e46912e7e04747090e5594b43 388d7bd59975cc5f2601a3879bd81858 3b4f3185ccbd47d6746b7aa4acd49afd
497aca075a901bfe8d0de09a056419b2 4a198d20e9de0265af1550ece55ab4c2 4ac923502a3e82a46e1a03879bb2cb5a
4cbacda68a5401435921da5eb287c2a9 56f154d4dc3c6c264b88aa603e990916 5895720295745599e7c4fe1b71b02973
61c26a1cb01af60161e5d34e475356ce 6ee061e992680663c9be7bf90c00527f 6f090e75d43137ab65b79a1a370dd93b
7956baaa195255ca891d16380265f137 79ecc51e52f6fafbf78c404eede81c6e 7bc0fb4282593ff90d37de9c9037fdc1
7d178ce424229a10ab00b3f187028c56 80f38d19f98cb1a1d4d820559a470e43 8832e47ce68ef2a7fa691b76e31a5a10
96d85b88a610edcaa8c5a6e9469fdf5f 97257fc5b57369c16a1474e4f109626b 995e7b3b0b7996e0279ad9ca4515a273
9bf8fe8ea50122cf6b658cdb90e88432 9ea20d67402e4d577dcdd99b4967cabf a725e9fbe2e60f6a72d57aac76c0b826
abc9264063b76bb7a0c4bbe3651ea365 b10317ee1c5f430f1dd1064eb684441b b24417bf8ea14e7a0e11e25601b91908
b45db460cdce40ee6725abf11d9168a2 b9af8d48fbc1f431c96bdfd4d831e704 bdb10e611bbc502e79978bf61a7d76b4
be7a97fcea483abf0792dcb8c3be1b0a c2950efae80939f1a5bb37abc0100718 cf227baec42b5d1732525a3507389492
d1f2e97b6a002efbf787230144f038b4 d233802c01167c2d58f10d6a6e6e57c6 d501aa22ceaa1783b832d73177312ab7
d7dd4fd87cc15f9795ea64a6b336bad8 da0d52fe9ba3b1047dd61ce1affa64e4 ddd29c6443a665f034ba1b06d5b531c4
e95863ce9daedf10ab15f450e5c7dae5 ee22ea2753c63b134fa18cdca6280c7d f13aaa51aa8812749dfd30f443b7dc36
f5e6e083242041278b620f2360197290 f8b8aed8af82e3775fc65433df0f5eb4 fba852af1e97e7a9c3d96e351435cd68
fbfe6e3865688cda9135b45c669aaca7 fe06606ca55b09792ef7f6779686223d fe6a3f8f74ab040dafe28202ae4a5f4d
""".split()

GIVEN = f"""
UPDATE accounts_role r SET given = r.permissions
WHERE md5((SELECT string_agg(code, ',' ORDER BY code COLLATE "C")
 FROM (SELECT DISTINCT unnest(r.permissions) AS code) t)) = ANY('{{{','.join(KNOWN)}}}')
"""


class Migration(migrations.Migration):

    dependencies = [
        ("accounts", "0008_second_factor_and_duties"),
    ]

    operations = [
        migrations.AddField(
            model_name="role",
            name="given",
            field=django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), default=list, db_default=[], size=None),
        ),
        migrations.RunSQL(GIVEN, migrations.RunSQL.noop),
    ]
