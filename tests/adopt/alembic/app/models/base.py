"""The models of a service that keeps a log of how it is used."""
import enum

from sqlalchemy import BigInteger, Boolean, Column, DateTime, Enum, String, func
from sqlalchemy.orm import declarative_base

Base = declarative_base()


class ActionType(str, enum.Enum):
    upload = "upload"
    download = "download"
    convert = "convert"
    delete = "delete"


class UsageLog(Base):
    __tablename__ = "usage_logs"

    id = Column(BigInteger, primary_key=True)
    action_type = Column(Enum(ActionType, name="action_type"), nullable=False)
    endpoint = Column(String(255), nullable=False)
    success = Column(Boolean, default=True)
    created_at = Column(DateTime(timezone=True), server_default=func.now())
