-- Exactly Alembic's table.
CREATE TABLE :"version_schema".:"version_table" (
    version_num varchar(32) NOT NULL,
    CONSTRAINT :"version_pkey" PRIMARY KEY (version_num)
)
